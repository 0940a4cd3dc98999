import { writeFileSync } from 'node:fs'
import { runOn, type Report } from './experiment.ts'

/** Runs the experiment on each store that the environment lists, and writes what came of it to a file: vitest has standard output for itself. */
const reports: Report[] = []
for (const path of (process.env['STORES'] ?? '').split('\n')) reports.push(await runOn(path))
writeFileSync(process.env['OUTCOME'] ?? '', JSON.stringify({ version: process.version, reports }))
