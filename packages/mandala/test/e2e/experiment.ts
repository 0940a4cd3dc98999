import { approx, dict, external, list, newArg, op, Ref, registerType, Storage, unwrap } from 'mandala-ts'

/** The core of both examples in small: what they use of the library, on data that needs no download. */
export interface Report {
  readonly executed: number
  readonly answer: unknown
  /** History ids and content ids of what came out. */
  readonly ids: readonly string[]
}

class Stump {
  readonly limits: Float64Array

  constructor(limits: Float64Array) {
    this.limits = limits
  }

  predict(x: number): number {
    return this.limits.reduce((label, limit) => (x >= limit ? label + 1 : label), 0)
  }
}

registerType<Stump, Float64Array>({
  name: 'Stump',
  is: (value) => value instanceof Stump,
  encode: (stump) => stump.limits,
  decode: (limits) => new Stump(limits),
})

const loadPoints = op(async function loadPoints(nClass: number, perClass: number = 4) {
  const points = Array.from({ length: nClass * perClass }, (_, i) => i + 1 / 3)
  return { X: points, y: points.map((_, i) => Math.floor(i / perClass)) }
}, { outputs: ['X', 'y'] })

const trainStump = op(function trainStump(X: number[], y: number[], nLimits: number) {
  return new Stump(Float64Array.from(X.filter((_, i) => i > 0 && y[i] !== y[i - 1]).slice(0, nLimits)))
}, { output: 'model' })

const getAcc = op(function getAcc(model: Stump, X: number[], y: number[]) {
  return X.filter((x, i) => model.predict(x) === y[i]).length / y.length
}, { output: 'acc' })

const takeMails = op(async function takeMails({ corpus, count = 3 }: { corpus: readonly string[]; count?: number }) {
  return corpus.slice(0, count)
}, { output: { mails: list() } })

const tokenize = op(async function tokenize(mail: string) {
  return (await unwrap(lower(mail))).split(/\W+/)
}, { output: 'words' })

const lower = op('lower', (text: string) => text.toLowerCase())

const countWords = op(function countWords({ mails, least = newArg(1) }: { mails: string[][]; least?: number }) {
  const counts = Map.groupBy(mails.flat(), (word) => word)
  return Object.fromEntries([...counts].filter(([, all]) => all.length >= least).map(([word, all]) => [word, all.length / mails.length]))
}, { inputs: { mails: list() }, output: { shares: dict(approx(6)) } })

const readWords = op(async function readWords(mails: string[]) {
  return countWords({ mails: [...mails].map((mail) => tokenize(mail)) })
}, { compose: true, inputs: { mails: list() } })

async function experiment(): Promise<Omit<Report, 'executed'>> {
  const accuracies: number[] = []
  const ids: string[] = []
  for (const nClass of [2, 3]) {
    const { X, y } = await loadPoints(nClass)
    for (const nLimits of [1, 2]) {
      const model = await trainStump(X, y, nLimits)
      const acc = await getAcc(model, X, y)
      accuracies.push(await unwrap(acc))
      for (const ref of [X, y, model, acc]) ids.push(...idsOf(ref))
    }
  }
  const mails = await takeMails({ corpus: external('corpus-1', ['Buy now', 'now or never', 'lunch?', 'left out']) })
  const shares = await readWords(mails)
  ids.push(...idsOf(mails), ...idsOf(shares))
  return { answer: [accuracies, await unwrap(shares)], ids }
}

function idsOf(ref: unknown): string[] {
  return ref instanceof Ref ? [ref.hid, ref.cid] : ['not a Ref']
}

/** Runs it on one store file. */
export async function runOn(path: string): Promise<Report> {
  const storage = new Storage(path)
  try {
    const { answer, ids } = await storage.run(experiment)
    return { executed: storage.summary().executed, answer, ids }
  } finally {
    await storage.close()
  }
}
