/** 128 random bits in hex, for `Idempotency-Key`. `crypto.randomUUID` is not there over plain HTTP; this is. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
