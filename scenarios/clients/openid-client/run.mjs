// openid-client as its documentation shows it: discovery, state, nonce, PKCE, ID Token, userinfo.
//
//   node run.mjs http://127.0.0.1:ADMIN-PORT [CASE …]

import * as client from 'openid-client'

const [, , address, ...chosen] = process.argv
const admin = address.replace(/\/$/, '')
const REDIRECT_URI = 'http://127.0.0.1:8085/cb'
const SCOPE = 'openid email offline_access read'
const PATIENCE_S = 10

async function ask(path, body) {
  const options = body && { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(admin + path, options)
  return answer.json()
}

async function visit(url) {
  const visited = await ask('/visit', { url: url.href })
  if (!visited.callback) throw new Error('the browser stopped: ' + visited.stopped)
  // A browser does not send the fragment.
  return new URL(visited.callback.split('#')[0])
}

// One login of a user: the authorization URL, and what the application keeps for it.
async function begin(config) {
  const kept = {
    verifier: client.randomPKCECodeVerifier(),
    state: client.randomState(),
    nonce: client.randomNonce(),
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
    code_challenge_method: 'S256',
    state: kept.state,
    nonce: kept.nonce,
  })
  return { kept, callback: await visit(url) }
}

async function trial(one) {
  const config = await client.discovery(
    new URL(one.issuer),
    'web',
    { client_secret: 'secret-of-web', id_token_signed_response_alg: 'EdDSA' },
    client.ClientSecretBasic('secret-of-web'),
    { execute: [client.allowInsecureRequests], timeout: PATIENCE_S },
  )
  // The documentation recommends it where tokens are not known to come straight from the issuer.
  client.enableNonRepudiationChecks(config)
  let login
  for (let n = 0; n < one.logins; n++) login = await begin(config)
  let tokens
  for (let n = 0; n < one.deliver; n++) {
    tokens = await client.authorizationCodeGrant(config, login.callback, {
      pkceCodeVerifier: login.kept.verifier,
      expectedState: login.kept.state,
      expectedNonce: login.kept.nonce,
      idTokenExpected: true,
    })
  }
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
  await read(config, one, tokens)
  if (one.refresh) {
    for (let n = 0; n < 2; n++) {
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
      tokens = { refresh_token: tokens.refresh_token, ...refreshed }
      await read(config, one, tokens)
    }
  }
  if (one.revoke) await client.tokenRevocation(config, tokens.access_token)
}

async function read(config, one, tokens) {
  const url = new URL(one.issuer + '/resource')
  const answer = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET')
  if (!answer.ok) throw new Error(`the resource answers ${answer.status}`)
}

for (const one of (await ask('/cases')).cases) {
  if (chosen.length && !chosen.includes(one.case)) continue
  // What a browser has open is the application's affair.
  if (one.tabs > 1) continue
  let outcome = 'accepted'
  let detail = ''
  try {
    await trial(one)
  } catch (error) {
    outcome = 'refused'
    detail = `${error.code ?? error.name}: ${error.message}` + (error.cause ? ` (${error.cause.message ?? ''})` : '')
  }
  await ask('/trial', { case: one.case, outcome, detail })
  console.log(one.case.padEnd(28), outcome.padEnd(9), detail.slice(0, 160))
}
