// @node-oauth/oauth2-server behind its own Express adapter, with the model its documentation describes, kept in memory.
// Ours: accounts, sessions, two pages, the model's storage. Defaults otherwise.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import OAuthServer from '@node-oauth/express-oauth-server';
import express from 'express';
import { consentPage, loginPage } from './pages.mjs';

const port = Number(process.argv[2] ?? process.env.PORT ?? 8104);
const users = new Map([['alice', 'alice-password'], ['bob', 'bob-password']]);
const known = JSON.parse(readFileSync(new URL('clients.json', import.meta.url), 'utf8'));
const clients = new Map(known.map((client) => [client.client_id, client]));
const codes = new Map();
const accessTokens = new Map();
const refreshTokens = new Map();
const sessions = new Map();

const same = (left, right) => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const model = {
  async getClient(id, secret) {
    const client = clients.get(id);
    if (!client) return null;
    // `null` is what the authorization endpoint passes; the token endpoint passes `undefined` when there was no secret.
    if (secret !== null && client.client_secret && !same(client.client_secret, secret ?? '')) return null;
    return { id, grants: client.grant_types, redirectUris: client.redirect_uris };
  },
  async saveAuthorizationCode(code, client, user) {
    const saved = { ...code, client, user };
    codes.set(code.authorizationCode, saved);
    return saved;
  },
  async getAuthorizationCode(code) {
    return codes.get(code);
  },
  async revokeAuthorizationCode(code) {
    return codes.delete(code.authorizationCode);
  },
  async saveToken(token, client, user) {
    const saved = { ...token, client, user };
    accessTokens.set(token.accessToken, saved);
    if (token.refreshToken) refreshTokens.set(token.refreshToken, saved);
    return saved;
  },
  async getAccessToken(token) {
    return accessTokens.get(token);
  },
  async getRefreshToken(token) {
    return refreshTokens.get(token);
  },
  async revokeToken(token) {
    return refreshTokens.delete(token.refreshToken);
  },
  async validateScope(_user, _client, scope) {
    const words = scope ?? ['profile'];
    return words.every((word) => ['profile', 'email'].includes(word)) ? words : false;
  },
  async verifyScope(token, scope) {
    return scope.every((word) => token.scope?.includes(word));
  },
};

const cookie = (request) => request.headers.cookie?.match(/(?:^|; *)session=([0-9a-f]+)/)?.[1];
const userOf = (request) => sessions.get(cookie(request));
const queryOf = (request) => request.originalUrl.split('?').slice(1).join('?');

const oauth = new OAuthServer({
  model,
  authenticateHandler: { handle: (request) => userOf(request) },
  // The documented way to let public clients refresh; that confidential ones authenticate is `getClient`'s business.
  requireClientAuthentication: { refresh_token: false },
});
const app = express();
app.disable('x-powered-by');
app.use(express.urlencoded({ extended: false }));
// Of our own pages nobody makes a frame, a referrer or a copy.
const show = (response, page, status = 200) => response
  .status(status)
  .set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  .set('X-Frame-Options', 'DENY')
  .set('Referrer-Policy', 'no-referrer')
  .set('Cache-Control', 'no-store')
  .send(page);

app.get('/authorize', (request, response) => {
  const user = userOf(request);
  if (!user) return show(response, loginPage(queryOf(request), false));
  show(response, consentPage(user.name, request.query, queryOf(request)));
});
app.post('/login', (request, response) => {
  const { username, password } = request.body ?? {};
  if (!users.has(username) || !same(users.get(username), password ?? '')) {
    return show(response, loginPage(queryOf(request), true), 401);
  }
  const session = randomBytes(16).toString('hex');
  sessions.set(session, { name: username });
  response.cookie('session', session, { httpOnly: true, sameSite: 'lax' });
  response.redirect(303, `/authorize?${queryOf(request)}`);
});
app.post('/authorize', (request, response, next) => {
  if (!userOf(request)) return show(response, loginPage(queryOf(request), false), 401);
  return next();
}, oauth.authorize());
app.all('/token', oauth.token());
app.get('/resource', oauth.authenticate({ scope: ['profile'] }), (_request, response) => {
  response.json({ name: response.locals.oauth.token.user.name });
});

app.listen(port, '127.0.0.1', () => console.log(`@node-oauth/oauth2-server at http://127.0.0.1:${port}`));
