// A transport whose messages always go in a window where the server can, whatever is measured.
import type { SmtpSettings } from '../../src/message/settings.ts';
import type { Way } from '../../src/transport/smtp/way-choice.ts';
import { Ways } from '../../src/transport/smtp/ways.ts';

class WindowWays extends Ways {
  override get way(): Way {
    return 'window';
  }
}

/** What the scripted server says. */
const usualWords = ['250 2.0.0 ok', '250 2.1.0 sender ok', '250 2.1.5 recipient ok'];

/** @param words of the server's yes before a content; null: the first message finds out */
export function alwaysWindow(settings: SmtpSettings, words: readonly string[] | null = usualWords): Ways {
  const ways = new WindowWays(settings);
  if (words) ways.learn(new Set(words), '');
  return ways;
}
