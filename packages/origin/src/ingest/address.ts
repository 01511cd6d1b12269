import { isIP } from 'node:net';

const FROM_ADDRESS = /\b(?:from |rhost=)((?:\d{1,3}\.){3}\d{1,3})(?![\d.]*\d)/;

/** Returns the text if it is an IP address, else null. */
export function readAddress(text: string | undefined): string | null {
  return text !== undefined && isIP(text) !== 0 ? text : null;
}

/** Returns the address after `from` or `rhost=` in a message, or null. */
export function addressInMessage(message: string): string | null {
  if (!message.includes('from ') && !message.includes('rhost=')) return null;
  return readAddress(FROM_ADDRESS.exec(message)?.[1]);
}

/** Strips the port from an address such as `1.2.3.4:5` or `[::1]:5`. Returns a bare IPv6 address unchanged. */
export function addressOf(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text;
}
