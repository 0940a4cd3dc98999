import type { Step } from './types.ts'

const steps = new Map<string, Step>()
const hooks: ((label: string) => string)[] = []

export function register(name: string, step: Step): void {
  steps.set(name, step)
}

export function addHook(hook: (label: string) => string): void {
  hooks.push(hook)
}

export function runStep(name: string, x: number): number {
  const step = steps.get(name)
  return step ? step(x) : -1
}

export function decorate(label: string): string {
  return hooks.reduce((text, hook) => hook(text), label)
}

export const listSteps = (): string[] => [...steps.keys()].sort()
