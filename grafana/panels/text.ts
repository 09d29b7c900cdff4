import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';

/** A text panel, in Markdown. */
export function words(options: { title: string; description: string; text: string; width: number; height: number }) {
  return new PanelBuilder()
    .title(options.title)
    .description(options.description)
    .mode(TextMode.Markdown)
    .content(options.text.trim())
    .span(options.width)
    .height(options.height);
}
