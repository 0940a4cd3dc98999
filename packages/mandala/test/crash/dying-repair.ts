/** A repair, killed at the n-th thing that it does to the store. */
await import('./die.ts')
const { openStore } = await import('./program.ts')

await using storage = openStore(process.argv[2] as string)
await storage.check({ repair: true })

export {}
