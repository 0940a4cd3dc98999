import { NAMES, STOP_WORDS, WORD } from './constants.ts'
import { pad } from 'tiny-lib'

export function tokens(text: string): string[] {
  return (text.toLowerCase().match(WORD) ?? []).filter((word) => !STOP_WORDS.has(word))
}

export function countWords(text: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const token of tokens(text)) {
    counts[token] = (counts[token] ?? 0) + 1
  }
  return counts
}

export function greet(index: number, { greeting = 'hello', mark = '!' }: { greeting?: string; mark?: string } = {}): string {
  const name = NAMES[index]
  if (name === undefined) return 'nobody'
  return `${greeting} ${name}${mark}`
}

export const frame = (text: string, width = 8): string => pad(text, width)

export function initials(text: string): string {
  return text.split(' ').map((word) => word.charAt(0)).join('')
}

const vowels = 'aeiou'
export const countVowels = (text: string): number => [...text].filter((letter) => vowels.includes(letter)).length
