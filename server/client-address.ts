import type { IncomingMessage } from 'node:http';

/**
 * Writes who is really asking into x-real-ip, over whatever was sent: the socket's address, or the nearest address in X-Forwarded-For
 * that is not a proxy we trust.
 */
export function setClientAddress(request: IncomingMessage, trustedProxies: readonly string[]): void {
  const address = findClientAddress(request, trustedProxies);
  request.headers['x-real-ip'] = address;
  const raw = request.rawHeaders;
  for (let index = raw.length - 2; index >= 0; index -= 2) if (raw[index]?.toLowerCase() === 'x-real-ip') raw.splice(index, 2);
  raw.push('x-real-ip', address);
}

function findClientAddress(request: IncomingMessage, trustedProxies: readonly string[]): string {
  const direct = (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
  if (!trustedProxies.includes(direct)) return direct;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean);
  return forwarded.findLast((address) => !trustedProxies.includes(address)) ?? direct;
}
