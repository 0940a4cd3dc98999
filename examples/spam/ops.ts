import { setImmediate } from 'node:timers/promises'
import { approx, dict, list, newArg, op, unwrap } from 'mandala-ts'
import type { Corpus, Group, Mail } from './corpus.ts'
import { NaiveBayes, type Vector } from './naive-bayes.ts'
import { findCharset, findWords, readBody } from './text.ts'

/** Each mail becomes a Ref of its own: of a longer list only the new mails are tokenized. */
export const takeMails = op(async function takeMails({ corpus, group, count = 200 }: { corpus: Corpus; group: Group; count?: number }) {
  return (await corpus.mails(group)).slice(0, count)
}, { output: { mails: list() } })

export const decode = op(function decode(mail: Mail) {
  return readBody(mail)
}, { output: 'text' })

/** An op inside an op's ordinary function gives the plain value, and is saved as a call of its own; its error passes through both. */
export const tokenize = op(async function tokenize(mail: Mail) {
  return findWords(await unwrap(decode(mail)))
}, { output: 'words' })

/** Some mails name a character set that doesn't exist; most of those were written on Windows. */
export const assumeWindows = op(function assumeWindows({ id, text }: Mail): Mail {
  return { id, text: text.replace(findCharset(text) ?? '', 'windows-1252') }
}, { output: 'mail' })

/** The words that occur in so many mails, and how many are left out. */
export const buildVocabulary = op(function buildVocabulary({ mails, minCount }: { mails: string[][]; minCount: number }) {
  const counts = new Map<string, number>()
  for (const words of mails) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const vocabulary = [...counts.keys()].filter((word) => counts.get(word)! >= minCount).sort()
  return { vocabulary, left: counts.size - vocabulary.length }
}, { outputs: ['vocabulary', 'left'], inputs: { mails: list() } })

/** Larger than the words, and quickly made from them: only its identity is stored. */
export const vectorize = op(function vectorize({ mails, vocabulary }: { mails: string[][]; vocabulary: string[] }): Vector[] {
  const positions = new Map(vocabulary.map((word, i) => [word, i]))
  return mails.map((words) => Uint32Array.from(words.flatMap((word) => positions.get(word) ?? [])))
}, { output: 'vectors', inputs: { mails: list() }, transient: true })

interface Training { ham: Vector[]; spam: Vector[]; vocabulary: string[]; smoothing?: number }

/** `smoothing` was fixed at 1 once: with 1, calls from then are still hits. */
export const train = op(function train({ ham, spam, vocabulary, smoothing = newArg(1) }: Training) {
  return NaiveBayes.train({ ham, spam, size: vocabulary.length, smoothing })
}, { output: 'model' })

interface Suspects { model: NaiveBayes; vectors: Vector[]; batchSize?: number }

/** After each batch others get a turn: the size of a batch never changes the result. */
export const findSpam = op(async function findSpam({ model, vectors, batchSize = 100 }: Suspects) {
  const found: boolean[] = []
  for (let i = 0; i < vectors.length; i += batchSize) {
    for (const vector of vectors.slice(i, i + batchSize)) found.push(model.isSpam(vector))
    await setImmediate()
  }
  return found
}, { output: 'found', ignore: ['batchSize'] })

/** Accuracy, precision and recall, by name. */
export type Scores = Record<string, number>

/** @param ham, spam whether each mail of that class was taken for spam */
export const score = op(function score({ ham, spam }: { ham: boolean[]; spam: boolean[] }): Scores {
  const [wrong, right] = [ham, spam].map((found) => found.filter(Boolean).length) as [number, number]
  const accuracy = (ham.length - wrong + right) / (ham.length + spam.length)
  return { accuracy, precision: right / (right + wrong), recall: right / spam.length }
}, { output: { scores: dict(approx(6)) } })

export const average = op(function average(all: Scores[]): Scores {
  const mean = (name: string): number => all.reduce((sum, scores) => sum + scores[name]!, 0) / all.length
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, mean(name)]))
}, { inputs: { all: list(dict(approx(6))) }, output: { scores: dict(approx(6)) } })

interface Experiment { ham: string[][]; spam: string[][]; minCount: number; smoothing?: number; nFolds?: number }

/** Every fold tests a model trained on the others. Composed, so the steps stay visible, and experiments share those that are equal. */
export const crossValidate = op(async function crossValidate({ ham, spam, minCount, smoothing = newArg(1), nFolds = 5 }: Experiment) {
  const scores: ReturnType<typeof score>[] = []
  for (let fold = 0; fold < nFolds; fold += 1) {
    const [hamRest, hamTest] = splitFold(ham, { fold, nFolds })
    const [spamRest, spamTest] = splitFold(spam, { fold, nFolds })
    const { vocabulary } = await buildVocabulary({ mails: [...hamRest, ...spamRest], minCount })
    const vectors = (mails: string[][]): ReturnType<typeof vectorize> => vectorize({ mails, vocabulary })
    const model = await train({ ham: vectors(hamRest), spam: vectors(spamRest), vocabulary, smoothing })
    scores.push(score({ ham: findSpam({ model, vectors: vectors(hamTest) }), spam: findSpam({ model, vectors: vectors(spamTest) }) }))
  }
  return average(scores)
}, { compose: true, inputs: { ham: list(), spam: list() }, output: { scores: dict(approx(6)) } })

/** Spreading a collection gives its elements, be it plain or a Ref. */
function splitFold(mails: string[][], { fold, nFolds }: { fold: number; nFolds: number }): [rest: string[][], test: string[][]] {
  const isTest = (_: unknown, i: number): boolean => i % nFolds === fold
  return [[...mails].filter((mail, i) => !isTest(mail, i)), [...mails].filter(isTest)]
}
