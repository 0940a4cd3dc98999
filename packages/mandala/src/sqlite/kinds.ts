/** How kinds of refs are written; the place in this list never changes. */
export const KINDS = ['value', 'list', 'dict', 'set', 'external'] as const
