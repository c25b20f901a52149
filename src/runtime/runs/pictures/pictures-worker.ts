import { parentPort, workerData } from 'node:worker_threads';
import { Bag } from '../../../compiler/index.ts';
import { openPictures, type WantedPicture } from './pictures.ts';
import type { PictureReply } from './pictures-thread.ts';

// Reads pictures of the run that the thread was given, one after another.
const bag = new Bag();
const read = openPictures(workerData as string, bag);
parentPort?.on('message', (wanted: WantedPicture) => {
  parentPort?.postMessage(replyTo(wanted));
});

function replyTo(wanted: WantedPicture): PictureReply {
  if (read === null) return { problem: bag.sorted()[0]?.message ?? 'its data cannot be read' };
  try {
    return { grey: read(wanted).values };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
