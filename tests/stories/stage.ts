import { scratchFolder } from '@jabiru/store/scratch'
import { type Story, type StoryOptions, storiesOf as storiesOn } from '@jabiru/testkit'

/** Stories told against one server, started at the first and stopped after the last story of the file. */
export function storiesOf(options: StoryOptions = {}): Story {
  return storiesOn({ emptyDatabase: scratchFolder, ...options })
}

/** Stories told against a server as it comes. */
export const story: Story = (title, tell) => {
  plain ??= storiesOf()
  plain(title, tell)
}

let plain: Story | undefined
