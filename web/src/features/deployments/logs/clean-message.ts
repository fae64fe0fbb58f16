// Sequences that colour or move on a terminal: CSI, OSC, and single escapes; and other control characters but tab.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /\u001b\[[0-9:;<=>?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-_]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A line as text: without colours, and of what was overwritten by carriage returns only the last state. */
export function cleanMessage(message: string) {
  const trimmed = message.replace(/[\r\n]+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1).replace(CONTROL, '');
}
