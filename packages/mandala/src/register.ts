/**
 * `node --import mandala-ts/register experiment.ts`: every file of the program's own package reports what runs in it and what is
 * read of it, with no mark in the code. `MANDALA_ROOT` in the environment names another folder than the package's.
 */
import { dirname, resolve, sep } from 'node:path'
import { consoleLogger } from './base/logger.ts'
import { installHooks } from './code/install-hooks.ts'
import { findPackage } from './code/packages.ts'
import { SourceLoader } from './code/source-loader.ts'
import { loadSqlite } from './sqlite/load-sqlite.ts'

const entry = process.argv[1] && resolve(process.argv[1])
// A tool that was installed is not the program; that is where it was started.
const start = !entry || entry.split(sep).includes('node_modules') ? process.cwd() : dirname(entry)
const root = process.env['MANDALA_ROOT'] ?? findPackage(start)?.folder ?? start

// Says which Node is needed; what an older one's `node:module` lacks is asked for only after this.
loadSqlite()
installHooks(new SourceLoader(root, (text) => consoleLogger.warn(text)))
