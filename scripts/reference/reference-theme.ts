import type { ParameterReflection, Reflection, SignatureReflection } from 'typedoc';
import { type MarkdownPageEvent, MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';

/**
 * Signatures show parameters and return types with links, so tables of the same are printed only where docstrings add
 * to them.
 */
export class ReferenceTheme extends MarkdownTheme {
  override getRenderContext(page: MarkdownPageEvent<Reflection>): MarkdownThemeContext {
    return new ReferenceContext(this, page, this.application.options);
  }
}

class ReferenceContext extends MarkdownThemeContext {
  constructor(...of: ConstructorParameters<typeof MarkdownThemeContext>) {
    super(...of);
    const { signature } = this.partials;
    this.partials = {
      ...this.partials,
      hierarchy: () => '',
      inheritance: () => '',
      signatureReturns: () => '',
      signature: (model, options) => [signature(model, options), this.#parameters(model)].join('\n\n').trim(),
    };
  }

  #parameters({ parameters = [] }: SignatureReflection): string {
    return parameters.flatMap((parameter) => this.#parameter(parameter)).join('\n');
  }

  #parameter({ name, comment }: ParameterReflection): string[] {
    return comment ? [`- \`${name}\`: ${this.helpers.getCommentParts(comment.summary).trim()}`] : [];
  }
}
