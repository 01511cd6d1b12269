import { isIP } from 'node:net';

const FROM_ADDRESS = /\b(?:from |rhost=)((?:\d{1,3}\.){3}\d{1,3})(?![\d.]*\d)/;

/** The text if it is an IP address, else null. */
export function readAddress(text: string | undefined): string | null {
  return text !== undefined && isIP(text) !== 0 ? text : null;
}

/** The address a message says something came `from`, or its `rhost=`; null when it says none. */
export function addressInMessage(message: string): string | null {
  if (!message.includes('from ') && !message.includes('rhost=')) return null;
  return readAddress(FROM_ADDRESS.exec(message)?.[1]);
}
