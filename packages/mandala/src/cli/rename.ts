import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

interface RenameOptions extends StoreOptions {
  readonly input?: readonly string[]
  readonly dryRun?: boolean
}

const EXAMPLE = `mandala rename train fit
  mandala rename train --input depth=levels --dry-run`

/** `mandala rename`: another name for an op or its inputs, as the code has it now. */
export function addRename(program: Command): void {
  addStoreCommand(program, { name: 'rename', description: 'give an op or its inputs other names, and keep every hit', example: EXAMPLE })
    .argument('<op>', 'the op, as it is called so far')
    .argument('[newName]', 'what it is called from now on')
    .option('--input <old=new>', 'an input with its new name; again for others, which may be swapped', (one: string, others: readonly string[] = []) => [...others, one])
    .option('--dry-run', 'only say how many calls are concerned')
    .action((op: string, newName: string | undefined, options: RenameOptions) => answer(options, async ({ storage }) => {
      const dryRun = options.dryRun ?? false
      if ((newName === undefined) === (options.input === undefined)) throw invalid('say either a new name of the op or --input old=new')
      const inputs = readInputs(options.input ?? [])
      const { calls } = newName === undefined ? await storage.renameInput(op, inputs, { dryRun }) : await storage.renameOp(op, newName, { dryRun })
      const what = newName === undefined ? `${Object.entries(inputs).map(([from, to]) => `${from} → ${to}`).join(', ')} of ${op}` : `${op} → ${newName}`
      return { data: { op, ...(newName === undefined ? { inputs } : { newName }), calls, dryRun }, text: render(what, calls, dryRun) }
    }))
}

function readInputs(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map((each) => {
    const at = each.indexOf('=')
    if (at < 1 || at === each.length - 1) throw invalid(`--input ${each} names no two inputs`)
    return [each.slice(0, at), each.slice(at + 1)]
  }))
}

function render(what: string, calls: number, dryRun: boolean): string {
  const many = `${calls} ${calls === 1 ? 'call' : 'calls'}`
  return dryRun ? `${what}: ${many} would go by the new name; nothing was done` : `${what}: ${many}; rename it in the code, too`
}

function invalid(what: string): MandalaError {
  return new MandalaError('OPTION_INVALID', `mandala rename: ${what}`, { hint: `for example: ${EXAMPLE.replace(/\n\s*/g, ', or ')}` })
}
