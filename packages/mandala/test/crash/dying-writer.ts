/** The writer, killed at the n-th thing that it does to the store. */
await import('./die.ts')
await import('./writer.ts')

export {}
