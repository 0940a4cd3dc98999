import type { Mail } from './corpus.ts'

/** @throws RangeError if the mail names a character set that doesn't exist */
export function readBody({ text }: Mail): string {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/)
  const body = rest.join('\n\n')
  const decoder = new TextDecoder(findCharset(head) ?? 'windows-1252')
  switch (/^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1]?.toLowerCase()) {
    case 'base64': return decoder.decode(Buffer.from(body, 'base64'))
    case 'quoted-printable': return decoder.decode(fromQuotedPrintable(body))
    default: return body
  }
}

export function findCharset(text: string): string | undefined {
  return /charset\s*=\s*"?([^\s";]+)/i.exec(text)?.[1]
}

function fromQuotedPrintable(body: string): Buffer {
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** Words of a text, without markup and the encoded lines of attachments. */
export function findWords(text: string): string[] {
  return text.replace(/^[\w+/=]{60,}$/gm, ' ').replace(/<[^>]*>/g, ' ').toLowerCase().match(/[a-z]{3,20}/g) ?? []
}
