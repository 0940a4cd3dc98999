export const pad = (text, width) => String(text).padStart(width, '.')
export function clamp(x, low, high) { return Math.min(high, Math.max(low, x)) }
