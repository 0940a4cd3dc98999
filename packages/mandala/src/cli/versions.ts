import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { renderHistory, renderVersions } from '../render/versions.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

interface VersionsOptions extends StoreOptions {
  readonly component?: string
}

/** `mandala versions`: the code that an op's calls used, or the history of a part of it. */
export function addVersions(program: Command): void {
  addStoreCommand(program, {
    name: 'versions', description: 'list the code that the calls of an op used, or what a part of the code was',
    example: 'mandala versions train',
  })
    .argument('[op]', 'the op')
    .option('--component <name>', 'a function or a value, called file#name: its contents as a tree, each with what it changed')
    .action((op: string | undefined, { component, ...options }: VersionsOptions) => answer(options, async ({ storage }) => {
      if (component !== undefined) {
        const commits = await storage.sources(component)
        return { data: commits, text: renderHistory(commits) }
      }
      if (op === undefined) throw whichOne()
      const versions = await storage.versions(op)
      return { data: versions, text: (width) => renderVersions(versions, width) }
    }))
}

function whichOne(): MandalaError {
  return new MandalaError('OPTION_INVALID', 'mandala versions: of what?', { hint: 'name an op, as mandala ls lists them, or --component file#name' })
}
