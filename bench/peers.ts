import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pair } from '../packages/mandala/test/torture/pair.ts'
import { SUBJECTS } from '../packages/mandala/test/torture/subjects.ts'
import { MEMOIZERS, type Memoizer, type Verdict } from './peers/memoizers.ts'

/*
 * Asks each library about every pair of the torture suite, and writes `PEERS.md`: how often it takes two values for one that are not, how
 * often for two that are one, and how often it throws.
 */
const PATIENCE_MS = 3000
const CLASSES = ['differ', 'agree', 'refused'] as const

interface Answer {
  readonly subject: string
  readonly expected: (typeof CLASSES)[number]
  readonly name: string
  readonly verdict: Verdict
}

async function judge(memoizer: Memoizer, [, a, b]: Pair): Promise<Verdict> {
  const late = Promise.withResolvers<Verdict>()
  // A library may take a function for a callback, and wait for it for ever.
  const timer = setTimeout(() => late.resolve('error'), PATIENCE_MS)
  try {
    return await Promise.race([memoizer.judge(a(), b()), late.promise])
  } catch {
    return 'error'
  } finally {
    clearTimeout(timer)
  }
}

async function judgeAll(memoizer: Memoizer): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (const { subject, ...classes } of SUBJECTS) {
    for (const expected of CLASSES) {
      for (const pair of classes[expected]) answers.push({ subject, expected, name: pair[0], verdict: await judge(memoizer, pair) })
    }
  }
  return answers
}

const select = (answers: readonly Answer[], expected: Answer['expected'], ...verdicts: readonly Verdict[]): readonly Answer[] =>
  answers.filter((answer) => answer.expected === expected && verdicts.includes(answer.verdict))

const results: { memoizer: Memoizer; answers: readonly Answer[] }[] = []
for (const memoizer of MEMOIZERS) {
  results.push({ memoizer, answers: await judgeAll(memoizer) })
  console.error(`${memoizer.name}: ${memoizer.usage} done`)
}

const title = ({ name, usage }: Memoizer): string => `${name}, \`${usage}\``
const rows = results.map(({ memoizer, answers }) => {
  const errors = select(answers, 'differ', 'error', 'refused').length + select(answers, 'agree', 'error', 'refused').length
  const counts = [select(answers, 'differ', 'same').length, select(answers, 'agree', 'different').length, errors, select(answers, 'refused', 'same').length]
  return `| ${memoizer.name} | ${memoizer.version} | \`${memoizer.usage}\` | ${counts.join(' | ')} |`
})
const bySubject = SUBJECTS.map(({ subject, differ, agree }) => {
  const cells = results.map(({ answers }) => {
    const own = answers.filter((answer) => answer.subject === subject)
    return `${select(own, 'differ', 'same').length} / ${select(own, 'agree', 'different').length}`
  })
  return `| ${subject} | ${differ.length} / ${agree.length} | ${cells.join(' | ')} |`
})
const examples = results.flatMap(({ memoizer, answers }) => {
  const wrong = [...select(answers, 'differ', 'same')].sort((a, b) => Number(b.subject === 'realistic inputs') - Number(a.subject === 'realistic inputs'))
  return wrong.length === 0 ? [] : [`* ${title(memoizer)}: ${wrong.slice(0, 8).map(({ name }) => name).join('; ')}${wrong.length > 8 ? '; …' : ''}`]
})
const count = (expected: Answer['expected']): number => SUBJECTS.reduce((sum, subject) => sum + subject[expected].length, 0)

const report = `# Which values are the same: what peers answer

\`npm run bench:peers\`: the pairs of \`packages/mandala/test/torture\`, asked of each library as its documentation shows its use, on Node
${process.version}. Every pair has a cache of its own: the function is called with the one value, then with the other.

* **Wrong hits**: of ${count('differ')} pairs of values that differ, those taken for one: the second call gets the first one's result.
* **Needless misses**: of ${count('agree')} pairs of values that agree, those taken for two.
* **Errors**: of these ${count('differ') + count('agree')} pairs, those at which it throws, or never answers.
* **Unknowable, taken for one**: of ${count('refused')} further pairs that differ in what can't be seen from outside or won't stay as it is (closures,
  private state, getters, Proxies), those taken for one. Only refusing them is right; ours refuses all.

What counts as the same is the definition of ours, so its own row shows that it keeps its word, not that the word is the only one. Some
pairs matter to few programs (a hole and undefined), and some libraries leave them alone on purpose; "realistic inputs" are what programs pass.

| library | version | used as | wrong hits | needless misses | errors | unknowable, taken for one |
|---|---|---|---|---|---|---|
${rows.join('\n')}

## By subject: wrong hits / needless misses

| subject | pairs | ${results.map(({ memoizer }) => title(memoizer)).join(' | ')} |
|---|---|${results.map(() => '---|').join('')}
${bySubject.join('\n')}

## Some of the wrong hits

${examples.join('\n')}
`
console.log(report)
writeFileSync(join(import.meta.dirname, 'PEERS.md'), report)

const own = results[0]?.answers ?? []
assert.deepEqual(select(own, 'differ', 'same', 'refused', 'error'), [], 'a wrong hit or a needless refusal of ours')
assert.deepEqual(select(own, 'agree', 'different', 'refused', 'error'), [], 'a needless miss of ours')
assert.deepEqual(select(own, 'refused', 'same', 'different', 'error'), [], 'ours took what can not be told apart')
// Something that the libraries started may still wait for its callback.
process.exit(0)
