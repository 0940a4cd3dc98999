import { posix } from 'node:path'
import { Program, type ProgramSource } from '../src/code/program.ts'
import { transform } from '../src/code/transform.ts'

/** Links sources that lie in no folder. */
export function linkProgram(files: Readonly<Record<string, string>>): Program {
  const source: ProgramSource = {
    loadFacts: (file) => (files[file] === undefined ? undefined : transform({ file, source: files[file], kind: 'module' }).facts),
    resolveModule: (file, specifier) => (specifier.startsWith('.')
      ? { kind: 'file', file: posix.join(posix.dirname(file), specifier) }
      : specifier.startsWith('node:') ? { kind: 'builtin', name: specifier } : { kind: 'package', name: specifier, version: '1.0.0' }),
    findSource: () => undefined, hasFolder: () => true, findVersion: () => '1.0.0',
  }
  return new Program(source)
}

/** The fingerprint of every component. */
export function fingerprintsOf(files: Readonly<Record<string, string>>): Map<string, string> {
  const program = linkProgram(files)
  const ids = Object.keys(files).flatMap((file) => (program.facts(file)?.components ?? []).map(({ name }) => `${file}#${name}`))
  return new Map(ids.map((id) => [id, program.findFingerprint(id) as string]))
}

/** The components that are there in only one of two programs, or differ. */
export function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id)).sort()
}
