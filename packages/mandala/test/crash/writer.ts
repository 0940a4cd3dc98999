import { openSync, writeSync } from 'node:fs'
import { openStore, runBlocked, runChains, workOf } from './program.ts'

/** Runs a program on a store and logs each call that resolved, with its work, in a way that a killed process can't lose. */
const [path, logPath, steps] = process.argv.slice(2) as [string, string, string]
const log = openSync(logPath, 'a')
const report = (call: string): void => { writeSync(log, `${call} ${workOf.get(call) ?? 0}\n`) }

await using storage = openStore(path)
await storage.run(async () => { await (steps === 'blocked' ? runBlocked(report) : runChains(Number(steps), report)) })
writeSync(log, 'end\n')
