import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MandalaError } from '../base/mandala-error.ts'
import { findPackage } from '../code/packages.ts'

/** Follows the code under the nearest package of this folder, as it stands in the files: nothing is loaded. */
export async function followCode(): Promise<void> {
  await followFrom(process.cwd())
}

/** Loads the module that defines the ops into this process, its code followed as `mandala run` does. What it does when it is loaded, it does. */
export async function loadProgram(file: string): Promise<void> {
  const path = resolve(file)
  if (!existsSync(path)) throw new MandalaError('NOT_FOUND', `there is no ${file}`, { hint: `paths are seen from ${process.cwd()}` })
  await followFrom(dirname(path))
  await import(pathToFileURL(path).href)
}

async function followFrom(folder: string): Promise<void> {
  process.env['MANDALA_ROOT'] ??= findPackage(folder)?.folder ?? folder
  await import('../register.ts')
}
