import { Component, type ComponentChildren } from 'preact';
import { Failed } from './states.tsx';

interface Props {
  readonly children: ComponentChildren;
}

/** Shows the error of a page that cannot be drawn, in place of the page. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  override componentDidCatch(error: unknown): void {
    this.setState({ error });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failed error={this.state.error} retry={() => this.setState({ error: null })} />;
  }
}
