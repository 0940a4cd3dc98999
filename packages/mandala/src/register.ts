/**
 * `node --import mandala-ts/register experiment.ts`: every file of the program's own package reports what runs in it and what is
 * read of it, with no mark in the code.
 */
import { dirname, resolve } from 'node:path'
import { consoleLogger } from './base/logger.ts'
import { installHooks } from './code/install-hooks.ts'
import { findPackage } from './code/packages.ts'
import { SourceLoader } from './code/source-loader.ts'

const entry = process.argv[1]
const start = entry === undefined ? process.cwd() : dirname(resolve(entry))

installHooks(new SourceLoader(findPackage(start)?.folder ?? start, (text) => consoleLogger.warn(text)))
