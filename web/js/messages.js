// The message area: what went wrong and why, said once, in words, until it is dismissed or outdated.

const KEEP = 4; // messages at a time
const GOES_AFTER = 7000; // ms, for news; errors stay

/** Messages writes into two live regions: errors interrupt a screen reader, news waits. */
export class Messages {
  #errors;
  #news;

  constructor(errors, news) {
    this.#errors = errors;
    this.#news = news;
  }

  /** error says what went wrong; offer is {text, act}, a button that does what could be meant. */
  error(text, offer) {
    const item = this.#add(this.#errors, text, 'error');
    if (!offer) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet offer';
    button.textContent = offer.text;
    button.addEventListener('click', () => {
      item.remove();
      offer.act();
    });
    item.firstElementChild.after(button);
  }

  say(text) {
    const item = this.#add(this.#news, text, 'news');
    setTimeout(() => item.remove(), GOES_AFTER);
  }

  #add(region, text, kind) {
    for (const old of region.children) if (old.dataset.text === text) old.remove();
    const item = document.createElement('div');
    item.className = `message ${kind}`;
    item.dataset.text = text;
    const words = document.createElement('p');
    words.textContent = text;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'close';
    close.setAttribute('aria-label', 'Dismiss this message');
    close.textContent = '×';
    close.addEventListener('click', () => item.remove());
    item.append(words, close);
    region.append(item);
    while (region.children.length > KEEP) region.firstElementChild.remove();
    return item;
  }
}
