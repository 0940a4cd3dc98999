import type { Command } from 'commander'
import { renderDropped } from '../render/dropped.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'
import { parseBytes, parseMoment } from './quantities.ts'

interface GcOptions extends StoreOptions {
  readonly maxBytes?: string
  readonly olderThan?: string
  readonly unusedSince?: string
  readonly dryRun?: boolean
}

/** `mandala gc`: deletes calls by size, age and last use. */
export function addGc(program: Command): void {
  addStoreCommand(program, {
    name: 'gc', description: 'delete calls by size, age or last use, and whatever no call uses',
    example: 'mandala gc --unused-since 30d --max-bytes 2GB --dry-run',
  })
    .option('--max-bytes <size>', 'the least recently used calls, until the values of the rest fit (500MB, 1.5GB)')
    .option('--older-than <when>', 'calls that ran before then, and failures (30d ago, 12h ago, or a date: 2026-03-01)')
    .option('--unused-since <when>', 'calls that were not used since then, and failures before it')
    .option('--dry-run', 'only say what would go')
    .action(({ maxBytes, olderThan, unusedSince, dryRun = false, ...options }: GcOptions) => answer(options, async ({ storage }) => {
      const collected = await storage.gc({
        ...(maxBytes === undefined ? {} : { maxBytes: parseBytes('--max-bytes', maxBytes) }),
        ...(olderThan === undefined ? {} : { olderThan: parseMoment('--older-than', olderThan) }),
        ...(unusedSince === undefined ? {} : { unusedSince: parseMoment('--unused-since', unusedSince) }),
        dryRun,
      })
      return { data: collected, text: renderDropped(collected, !dryRun) }
    }))
}
