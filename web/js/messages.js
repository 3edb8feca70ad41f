// The message area: what went wrong and why, said once, in words, until it is dismissed or outdated.

import { make } from './dom.js';
import { tr } from './language.js';
import { foreign } from './words.js';

const KEEP = 3; // messages at a time
const GOES_AFTER = 7000; // ms, for news; errors stay
const OFFERED_FOR = 30_000; // ms, for news with an offer
const LONGEST = 600; // characters of a message, whatever it quotes

/** Messages writes into two live regions: errors interrupt a screen reader, news waits. */
export class Messages {
  #errors;
  #news;

  /**
   * @param {HTMLElement} errors
   * @param {HTMLElement} news
   */
  constructor(errors, news) {
    this.#errors = errors;
    this.#news = news;
  }

  /**
   * error says what went wrong; offer is a button that does what could be meant.
   * @param {string} text
   * @param {Offer} [offer]
   */
  error(text, offer) {
    const item = this.#add(this.#errors, text, 'error');
    if (offer) this.#offer(item, offer);
  }

  /**
   * say tells news; offer is a button that undoes it.
   * @param {string} text
   * @param {Offer} [offer]
   */
  say(text, offer) {
    const item = this.#add(this.#news, text, 'news');
    if (offer) this.#offer(item, offer);
    setTimeout(() => item.remove(), offer ? OFFERED_FOR : GOES_AFTER);
  }

  /**
   * @param {HTMLElement} item
   * @param {Offer} offer
   */
  #offer(item, offer) {
    const button = make('button', { type: 'button', className: 'quiet offer', textContent: offer.text });
    button.addEventListener('click', () => {
      item.remove();
      offer.act();
    });
    item.firstElementChild?.after(button);
  }

  /**
   * @param {HTMLElement} region
   * @param {string} whole
   * @param {string} kind
   */
  #add(region, whole, kind) {
    const text = foreign(whole, LONGEST);
    for (const old of [...region.children]) if (old instanceof HTMLElement && old.dataset.text === text) old.remove();
    const close = make('button', { type: 'button', className: 'close', ariaLabel: tr('Dismiss this message'), textContent: '×' });
    const item = make('div', { className: `message ${kind}` }, make('p', { textContent: text }), close);
    item.dataset.text = text;
    close.addEventListener('click', () => item.remove());
    region.append(item);
    while (region.children.length > KEEP) region.firstElementChild?.remove();
    return item;
  }
}
