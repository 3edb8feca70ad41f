// The page's language. The English text is the key: a page, a module or a catalog that says a thing in English needs nothing
// else, and a language is one file, words/<code>.json, that holds for each English text its own. web/DESIGN.md has the reasons.
//
// A text of a module is marked by tr: tr('Train'), or tr`seed ${seed}`, whose key is "seed {0}". Elements of the HTML, and the
// texts of the catalog, are put into the language once, here and before any module that imports this one runs, so that none of
// them needs to know. Another language is another visit: the page is loaded again (languages.js).
//
// Causes that a program reports come as English sentences. Those that a person meets most (web/build/words/causes.go) are known by
// their formats and put into the language by cause; what a reader of files or the browser says beyond them stays English.
//
// Not translated: names, units, formulas, numbers (they keep their form) and files that are saved.

import { noted, tried } from './abilities.js';

/** LANGUAGES by their codes, each with its own name. @type {Readonly<Record<string, string>>} */
export const LANGUAGES = Object.freeze({ en: 'English', de: 'Deutsch' });

/** NOTE is where the choice of a person is kept. */
export const NOTE = 'onestep.language';

const KEY = 'en'; // the language of the keys

/** @typedef {{page: Record<string, string>, stage: Record<string, string>, causes: Record<string, string>}} Words */

/** @type {Words | undefined} */
let words;

/** tr of a template whose text was seen before: its parts. @type {WeakMap<TemplateStringsArray, string>} */
const templates = new WeakMap();

/** The link's language, then that of the page around the stage, then the one chosen here, then the browser's first that there is. */
function chosen() {
  const around = tried(() => globalThis.frameElement?.ownerDocument.documentElement.lang);
  const asked = [new URLSearchParams(location.hash.slice(1)).get('lang'), around, noted(NOTE), ...navigator.languages ?? []];
  return asked.map((tag) => (tag ?? '').slice(0, 2).toLowerCase()).find((code) => Object.hasOwn(LANGUAGES, code)) ?? KEY;
}

/** @param {string} code */
async function load(code) {
  try {
    const response = await fetch(new URL(`../words/${code}.json`, import.meta.url));
    if (response.ok) words = await response.json();
  } catch { /* the page stays in the language of its keys */ }
}

const wanted = chosen();
if (wanted !== KEY) await load(wanted);

/** language is the code of the page's language. */
export const language = words ? wanted : KEY;

/**
 * tr is a text in the page's language: of a string, or of a template, whose values take the places {0}, {1}, … A text that the
 * language lacks stays English.
 * @param {string | TemplateStringsArray} text
 * @param {...unknown} values
 * @returns {string}
 */
export function tr(text, ...values) {
  if (typeof text === 'string') return words?.page[text] ?? text;
  if (!words) return String.raw({ raw: text }, ...values);
  let own = templates.get(text);
  if (own === undefined) {
    const key = text.reduce((all, part, i) => `${all}{${i - 1}}${part}`);
    own = words.page[key] ?? key;
    templates.set(text, own);
  }
  return own.replace(/\{(\d+)\}/g, (_, i) => String(values[i]));
}

const VERB = /%(?:\[(\d)\])?[\d.]*([a-z])/g;

/** The causes of the language: a pattern of the English format, and the own one. The longest come first: they say most. @type {[RegExp, string][] | undefined} */
let causes;

/** @param {string} format */
const pattern = (format) => new RegExp(`^${format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%[\d.]*([a-z])/g, (_, verb) => (verb === 'd' ? '(-?\\d+)' : '([^]+?)'))}$`);

/**
 * cause is what a program reports, in the page's language where its format is known; values that are causes are too.
 * @param {string} text
 * @returns {string}
 */
export function cause(text) {
  causes ??= Object.entries(words?.causes ?? {}).sort(([a], [b]) => b.length - a.length).map(([format, own]) => [pattern(format), own]);
  for (const [english, own] of causes) {
    const values = english.exec(text);
    let at = 0;
    if (values) return own.replace(VERB, (_, i) => cause(values[i ?? ++at]));
  }
  return text;
}

/**
 * lower is a title within a sentence: English has it in small letters there.
 * @param {string} text
 */
export const lower = (text) => (words ? text : text.toLowerCase());

/** stageWords are the words of the stage's program, as JSON; '' for English. */
export const stageWords = () => (words ? JSON.stringify(words.stage) : '');

/**
 * texts puts into the language what an object has at paths such as "tasks.text", through lists, and returns the object.
 * @template T
 * @param {T} of
 * @param {string[]} paths
 */
export function texts(of, paths) {
  if (words) for (const path of paths) put(of, path.split('.'));
  return of;
}

/**
 * @param {any} of
 * @param {string[]} path
 */
function put(of, [name, ...rest]) {
  if (Array.isArray(of)) of.forEach((each) => put(each, [name, ...rest]));
  else if (rest.length) put(of[name], rest);
  else if (Array.isArray(of[name])) of[name] = of[name].map((/** @type {string} */ each) => tr(each));
  else if (of[name]) of[name] = tr(of[name]);
}

// ---- The document. package web/build/words extracts the keys by the same rules.

const ATTRIBUTES = ['alt', 'aria-label', 'aria-roledescription', 'data-says', 'placeholder', 'title'];
const BLANKS = /[ \t\n\r]+/g;

/**
 * keyOf is the text of an element with its child elements as {0}, {1}, …, or '' where it has none of its own.
 * @param {Element} e
 */
function keyOf(e) {
  let at = 0;
  let own = false;
  const parts = [];
  for (const node of e.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      parts.push(node.nodeValue ?? '');
      own ||= /\p{L}{2}/u.test(node.nodeValue ?? '');
    } else if (node.nodeType === Node.ELEMENT_NODE) parts.push(`{${at++}}`);
  }
  return own ? parts.join('').replace(BLANKS, ' ').trim() : '';
}

/** @param {Element} e */
function translate(e) {
  if (e.matches('script, style, noscript, code, cite, [translate=no]')) return;
  for (const name of ATTRIBUTES) {
    const text = e.getAttribute(name);
    if (text) e.setAttribute(name, tr(text.replace(BLANKS, ' ').trim()));
  }
  const children = [...e.children];
  const key = keyOf(e);
  const own = key && words?.page[key];
  if (own) e.replaceChildren(...own.split(/\{(\d+)\}/).map((part, i) => (i % 2 ? children[+part] : part)));
  children.forEach(translate);
}

if (words) {
  document.documentElement.lang = language;
  translate(document.documentElement);
}
