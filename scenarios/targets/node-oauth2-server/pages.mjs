// Two forms. Both post to the address that still holds the whole authorization request.
const escaped = (text) => String(text ?? '').replace(/[&<>"']/g, (symbol) => `&#${symbol.charCodeAt(0)};`);

export const loginPage = (query, failed) => `<!doctype html>
<title>Log in</title>
<h1>Log in</h1>
${failed ? '<p>Wrong name or password.</p>' : ''}
<form method="post" action="/login?${escaped(query)}">
  <label>Name <input type="text" name="username"></label>
  <label>Password <input type="password" name="password"></label>
  <button type="submit">Log in</button>
</form>
`;

export const consentPage = (user, request, query) => `<!doctype html>
<title>Allow access</title>
<h1>Allow access?</h1>
<p>${escaped(user)}, the client ${escaped(request.client_id)} asks for ${escaped(request.scope ?? 'profile')}.</p>
<form method="post" action="/authorize?${escaped(query)}">
  <button type="submit" name="allowed" value="true">Allow</button>
  <button type="submit" name="allowed" value="false">Deny</button>
</form>
`;
