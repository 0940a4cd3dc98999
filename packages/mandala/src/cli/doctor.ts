import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { findCommit, findUpwards } from '../base/this-process.ts'
import { renderDiagnoses } from '../render/doctor.ts'
import { describeRefusal, examineNode, examineStore, ok, problem, warning, type Diagnosis } from '../storage/examine.ts'
import { addStoreCommand, findOnly, print, type StoreOptions } from './command.ts'
import { findConfig, findConfigFile, type MandalaConfig } from './config.ts'
import { VERSION } from './version.ts'

/** `mandala doctor`: whether everything that it needs is there. Unlike other commands it goes on where something is wrong. */
export function addDoctor(program: Command): void {
  addStoreCommand(program, {
    name: 'doctor', description: 'look at Node, the store, its file system, the configuration and the code, each with the next step; ends with 1 on a problem',
    example: 'mandala doctor',
  })
    .action(async ({ store, json }: StoreOptions) => {
      const folder = process.cwd()
      const { config, diagnoses } = await examineConfig(folder)
      const all = [
        ...examineNode(), ok('mandala-ts', VERSION), ...diagnoses,
        ...examineCode(folder, config), ...examineChosen(store ?? config.store),
      ]
      print({ data: all, text: renderDiagnoses(all), isNo: all.some(({ verdict }) => verdict === 'problem') }, json)
    })
}

async function examineConfig(folder: string): Promise<{ readonly config: MandalaConfig; readonly diagnoses: readonly Diagnosis[] }> {
  const path = findConfigFile(folder)
  if (path === undefined) return { config: {}, diagnoses: [ok('config', 'no mandala.config.ts, which is optional')] }
  try {
    const config = await findConfig(folder)
    const { program } = config
    const isMissing = program !== undefined && !existsSync(program)
    const missing = isMissing ? [problem('config', `its program ${program} is not there`, 'name the module that defines the ops')] : []
    return { config, diagnoses: [ok('config', path), ...missing] }
  } catch (error) {
    if (!(error instanceof MandalaError)) throw error
    return { config: {}, diagnoses: [describeRefusal('config', error)] }
  }
}

function examineCode(folder: string, { deps }: MandalaConfig): readonly Diagnosis[] {
  const root = findUpwards(folder, 'package.json')
  const commit = findCommit(folder)
  const isMissing = typeof deps === 'string' && !existsSync(join(root ?? folder, deps))
  const hasLoader = (process.env['NODE_OPTIONS'] ?? '').includes('mandala-ts/register')
  return [
    ok('git', commit === undefined ? 'none here: calls do not say of which commit they are' : `commit ${commit.slice(0, 10)}`),
    root === undefined ? warning('package', 'no package.json above this folder', 'code is tracked by package: npm init -y makes one') : ok('package', root),
    ...(isMissing ? [problem('deps', `there is no folder ${deps} in the package`, 'name the folder that holds your code, seen from package.json')] : []),
    ok('loader', hasLoader ? 'in NODE_OPTIONS: every program tracks its code' : 'per program: mandala run, or node --import mandala-ts/register, tracks code'),
  ]
}

function examineChosen(store: string | undefined): readonly Diagnosis[] {
  if (store !== undefined) return examineStore(store)
  try {
    return examineStore(findOnly())
  } catch (error) {
    if (!(error instanceof MandalaError)) throw error
    return [ok('store', 'none looked at: say --store <file>')]
  }
}
