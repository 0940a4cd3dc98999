import { DOUBLED } from './constants.ts'

let mode = 'slow'
let level = 1
export let ready = false

if (DOUBLED > 15) mode = 'fast'
for (let i = 0; i < 3; i += 1) level *= 2
const table: Record<string, number> = {}
for (const key of ['p', 'q']) table[key] = key.length + level
ready = await Promise.resolve(true)

export const currentMode = (): string => mode
export function readLevel(extra: number): number {
  return level + extra
}
export function lookUp(key: string): number {
  return table[key] ?? -1
}
export function isReady(): boolean {
  return ready
}
export const settings = { get mode() { return mode }, level }
