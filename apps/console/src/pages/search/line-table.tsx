import type { ComponentChildren } from 'preact';

/** A table of log lines. */
export function LineTable({ caption, children }: { readonly caption: string; readonly children: ComponentChildren }) {
  return (
    <table class="lines">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Level</th>
          <th scope="col">Service</th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
