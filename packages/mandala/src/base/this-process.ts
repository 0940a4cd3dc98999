import { existsSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** A process that executes calls: where their results come from. */
export interface ProcessInfo {
  readonly host: string
  readonly pid: number
  readonly startedAtMs: number
  /** The program's file, relative to the folder of its package; empty where there is none, as in a prompt. */
  readonly program: string
  /** `name@version` of the package that it belongs to. */
  readonly package: string | undefined
  /** The commit of git that was checked out, where the program is under git. */
  readonly commit: string | undefined
}

let described: ProcessInfo | undefined

/** This process, as it was when it was first asked for. */
export function describeProcess(): ProcessInfo {
  return (described ??= describe(process.argv[1] ?? ''))
}

function describe(file: string): ProcessInfo {
  // Under a test runner the program is somebody else's: what runs belongs to the folder it was started in.
  const isInstalled = file === '' || file.split(sep).includes('node_modules')
  const folder = isInstalled ? process.cwd() : dirname(resolve(file))
  const root = findUpwards(folder, 'package.json')
  return {
    host: hostname(), pid: process.pid, startedAtMs: Math.round(performance.timeOrigin),
    program: file === '' ? '' : relative(root ?? process.cwd(), file).split(sep).join('/'),
    package: root === undefined ? undefined : readPackage(join(root, 'package.json')),
    commit: findCommit(folder),
  }
}

/** The nearest folder, from one upwards, that has something of this name. */
export function findUpwards(folder: string, name: string): string | undefined {
  if (existsSync(join(folder, name))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : findUpwards(above, name)
}

function readPackage(path: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: string; readonly version?: string }
    return name === undefined ? undefined : version === undefined ? name : `${name}@${version}`
  } catch {
    return undefined
  }
}

/** Read from git's files: a process of git would take longer than many a call. */
function findCommit(folder: string): string | undefined {
  try {
    const root = findUpwards(folder, '.git')
    if (root === undefined) return undefined
    const git = findGitFolder(join(root, '.git'))
    const head = readLine(join(git, 'HEAD'))
    if (!head.startsWith('ref: ')) return head
    const ref = head.slice('ref: '.length)
    // A worktree has a HEAD of its own and shares the branches.
    const shared = existsSync(join(git, 'commondir')) ? resolve(git, readLine(join(git, 'commondir'))) : git
    if (existsSync(join(shared, ref))) return readLine(join(shared, ref))
    const packed = readFileSync(join(shared, 'packed-refs'), 'utf8').split('\n').find((line) => line.endsWith(` ${ref}`))
    return packed?.split(' ')[0]
  } catch {
    return undefined
  }
}

/** In a worktree or a submodule `.git` is a file that names the folder. */
function findGitFolder(path: string): string {
  return statSync(path).isDirectory() ? path : resolve(dirname(path), readLine(path).replace(/^gitdir: /, ''))
}

function readLine(path: string): string {
  return readFileSync(path, 'utf8').trim()
}
