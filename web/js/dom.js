// The page's elements by their ids, each with the type that its user needs. An element that is missing, or is another
// kind of element, is a mistake of the page itself and ends with an Error that names it.

/**
 * @template {Element} T
 * @param {string} id
 * @param {{new (): T}} type
 * @returns {T}
 */
function find(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`page: ${found ? `#${id} is no ${type.name}` : `there is no #${id}`}`);
}

/** @param {string} id */
export const byID = (id) => find(id, HTMLElement);
/** @param {string} id */
export const input = (id) => find(id, HTMLInputElement);
/** @param {string} id */
export const select = (id) => find(id, HTMLSelectElement);
/** @param {string} id */
export const button = (id) => find(id, HTMLButtonElement);
/** @param {string} id */
export const progress = (id) => find(id, HTMLProgressElement);
/** @param {string} id */
export const dialog = (id) => find(id, globalThis.HTMLDialogElement ?? HTMLElement);
/** @param {string} id */
export const picture = (id) => find(id, SVGSVGElement);
/** @param {string} id */
export const frame = (id) => find(id, HTMLIFrameElement);

/**
 * radios lists the radio buttons of a name.
 * @param {string} name
 */
export const radios = (name) => [...document.getElementsByName(name)].filter((e) => e instanceof HTMLInputElement);

/**
 * all lists the HTML elements that a selector finds.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter((e) => e instanceof HTMLElement);

/**
 * make makes an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
}

/**
 * choose shows a value in a list, which takes it up where a link brings one that it does not offer.
 * @param {HTMLSelectElement} list
 * @param {string | number} value
 */
export function choose(list, value) {
  if (![...list.options].some((option) => option.value === String(value))) list.add(new Option(String(value)));
  list.value = String(value);
}

/**
 * write sets a text that differs from what stands there: an unchanged one is not announced again.
 * @param {Element} e
 * @param {string} text
 */
export function write(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

/**
 * writeHeight puts the height of an element into a property of the page, where it is another: each writing styles all of the page
 * anew.
 * @param {string} name
 * @param {HTMLElement} e
 */
export function writeHeight(name, e) {
  const { style } = document.documentElement;
  const height = `${e.hidden ? 0 : e.offsetHeight}px`;
  if ((style.getPropertyValue(name) || '0px') !== height) style.setProperty(name, height);
}

/** turn lets the page do what else waits: a frame, an event. */
export const turn = () => new Promise((resolve) => { setTimeout(resolve); });

/**
 * closest is the nearest HTML element around an event's target that a selector matches.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
