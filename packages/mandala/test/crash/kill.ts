import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Files {
  readonly path: string
  readonly logPath: string
}

/** A folder of its own for each killed writer. */
export function makeFiles(folder: string, name: string): Files {
  mkdirSync(join(folder, name))
  return { path: join(folder, name, 'test.db'), logPath: join(folder, name, 'log') }
}

export interface Ended {
  readonly wasKilled: boolean
  readonly ms: number
  readonly stderr: string
}

/** Runs a writer until it ends or is killed; `killAfterMs` counts from its start. */
export async function runWriter(script: string, args: readonly string[], options: { killAfterMs?: number; env?: Record<string, string> } = {}): Promise<Ended> {
  const started = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...options.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString() })
  const timer = options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs)
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_, killedBy) => resolve(killedBy)))
  clearTimeout(timer)
  return { wasKilled: signal === 'SIGKILL', ms: performance.now() - started, stderr }
}

/** Pseudo-random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
