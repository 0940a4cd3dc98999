import { Storage } from '../../src/index.ts'
import { PROGRAMS } from './program.ts'

/** Says that it is ready, waits for the word, and only then opens the store and runs its program. */
const [path, program, writer, thresholdMB] = process.argv.slice(2) as [string, string, string, string]
const warnings: string[] = []

async function run(): Promise<unknown> {
  try {
    const logger = { warn: (text: string) => warnings.push(text), show: () => {}, progress: () => {} }
    await using storage = new Storage({ path, overflow: { thresholdMB: Number(thresholdMB) }, logger })
    const outcome = await PROGRAMS[program]?.(storage, Number(writer))
    return { ...outcome, errors: warnings }
  } catch (error) {
    return { executed: 0, wrong: [], errors: [...warnings, String(error)] }
  }
}

process.once('message', () => {
  void run().then((outcome) => process.send?.(outcome, () => process.disconnect()))
})
process.send?.('ready')
