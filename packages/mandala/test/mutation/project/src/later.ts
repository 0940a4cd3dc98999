import { LIMIT } from './constants.ts'
import { average } from './math/index.ts'

const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

export async function loadNumbers(count: number): Promise<number[]> {
  await pause()
  return Array.from({ length: count }, (_, i) => i + 1)
}

export async function averageLater(count: number): Promise<number> {
  const numbers = await loadNumbers(count)
  await pause()
  return count > LIMIT ? LIMIT : average(numbers)
}

export async function retry<T>(action: (attempt: number) => Promise<T>, attempts = 3): Promise<T | string> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await action(attempt)
    } catch {
      await pause()
    }
  }
  return 'gave up'
}
