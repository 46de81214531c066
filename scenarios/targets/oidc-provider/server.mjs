// oidc-provider as its documentation sets it up: in-memory adapter, its own development interactions, defaults otherwise.
// What is ours: the clients, one account claim, introspection, revocation and registration switched on, fixed development keys.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2] ?? process.env.PORT ?? 8101);
const issuer = `http://127.0.0.1:${port}`;

const configuration = {
  clients: JSON.parse(readFileSync(new URL('clients.json', import.meta.url), 'utf8')),
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.org`, email_verified: true }),
  }),
  cookies: { keys: ['grantlab-target-cookie-key'] },
  features: {
    introspection: { enabled: true },
    revocation: { enabled: true },
    registration: { enabled: true },
  },
};

const provider = new Provider(issuer, configuration);
provider.on('server_error', (_ctx, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.log(`oidc-provider at ${issuer}`));
