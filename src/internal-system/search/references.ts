import { isOrderReference } from '../../orders/order-reference.ts';

/** Drawn as nothing: what mails, chats and spreadsheets leave between characters. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;
/** A label before the number, once it is plain text. */
const LABEL =
  /^(?:(?:我的|您的|你的)?(?:订单编号|订单号码|订单号|订单|单号|编号)|(?:the |my |your )?order(?: (?:no|nr|number|id|ref))?|(?:no|nr|number|ref))(?=[ .:#\d-]|$)[ .:#-]*/iu;
/** Around a number, never its beginning or end. `#` may be part of it. */
const WRAPPING = /^[\s"'“”‘’「」『』【】《》<>()[\]:.,;!?。、…*-]+|[\s"'“”‘’「」『』【】《》<>()[\]:.,;!?。、…*#-]+$/gu;
/** In a sentence, between characters that are neither Latin letters nor digits. */
const TOKEN = /[A-Z0-9]+(?:[._/-][A-Z0-9]+)*/gi;
/** What looks like a number in one is none. */
const EMAIL = /[^\s@]{1,64}@[^\s@]{1,255}/g;
/** A number that was written in groups. */
const GROUPS = /\d+(?: \d+)+/g;
const MAX_TOKENS = 12;

/** Full-width characters become plain ones, whatever is invisible goes, and any run of blanks is one. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** `order no. 10088` → `10088`. @param text that is plain */
export function withoutLabel(text: string): string {
  const bare = text.replace(WRAPPING, '');
  return bare.replace(LABEL, '').replace(WRAPPING, '') || bare;
}

/**
 * The order references that a text may stand for, besides itself: the same in plain characters, without its label, without blanks,
 * with and without a leading `#`, in upper and in lower case. No digit is lost or invented. They are all looked for, as none is
 * better than another.
 */
export function referenceReadings(text: string): string[] {
  const plain = plainText(text);
  const bare = withoutLabel(plain);
  const forms = [plain, bare, bare.replaceAll(' ', '')].filter((form) => /[\p{L}\p{N}]/u.test(form));
  const named = forms.flatMap((form) => (form.startsWith('#') ? [form, form.slice(1).trim()] : [form, `#${form}`]));
  return unique(named.flatMap(inBothCases)).filter((form) => form !== text && isOrderReference(form));
}

/** What looks like an order number in a sentence. Each stands for itself. */
export function referencesWithin(text: string): string[] {
  const plain = plainText(text).replace(EMAIL, ' ');
  const joined = [...plain.matchAll(GROUPS)].map(([group]) => group.replaceAll(' ', ''));
  const tokens = [...plain.matchAll(TOKEN)].map(([token]) => token).filter((token) => /\d/.test(token));
  return unique([...joined, ...tokens]).slice(0, MAX_TOKENS);
}

export function inBothCases(text: string): string[] {
  return [text, text.toUpperCase(), text.toLowerCase()];
}

export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
