// Sentences that several parts of the page put together.

/** ended gives a cause, which stands after a colon, its full stop. */
export function ended(text) {
  const trimmed = String(text).trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
