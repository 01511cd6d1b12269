const LINE_BREAKS = /[\r\n]/g;
const END = /[\r\n\0]{1,16}$/;

/** Returns a message as one line: line breaks in it are escaped as rsyslog does it, `#012`, so that no sender can forge a record. */
export function lineOfMessage(message: Buffer): string {
  const text = message.toString('utf8').replace(END, '');
  return text.replaceAll(LINE_BREAKS, (character) => (character === '\n' ? '#012' : '#015'));
}
