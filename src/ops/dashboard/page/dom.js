/**
 * Makes elements. Text is only ever set as text: nothing that comes from outside can become markup.
 *
 * @typedef {Node | string | null | undefined | false | readonly Child[]} Child
 */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [props] attributes; `on…` functions are listeners, `null`, `undefined` and `false` leave out
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  setProps(element, props);
  element.append(...kept(children));
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setProps(element, props);
  element.append(...kept(children));
  return element;
}

/**
 * Text and elements in one line: `filled('since {time}', { time: <element> })`.
 *
 * @param {string} text with `{name}`s
 * @param {Record<string, Node | string>} values
 * @returns {(Node | string)[]}
 */
export function filled(text, values) {
  return text.split(/(\{\w+\})/).map((part) => values[part.slice(1, -1)] ?? part);
}

/**
 * Replaces what an element holds.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...kept(children));
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {Record<string, unknown>} props */
function setProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {readonly Child[]} children @returns {(Node | string)[]} */
function kept(children) {
  return children.flatMap((child) => {
    if (Array.isArray(child)) return kept(child);
    return child === null || child === undefined || child === false ? [] : [/** @type {Node | string} */ (child)];
  });
}
