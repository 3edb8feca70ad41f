// Pictures as PNG.

import { tr } from './language.js';

/**
 * raster draws an SVG and resolves with the bytes of a PNG.
 * @param {BlobPart} svg
 * @param {number} width CSS px
 * @param {number} height CSS px
 * @param {number} scale pixels of the picture to a CSS pixel
 */
export async function raster(svg, width, height, scale) {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    if (!blob) throw new Error(tr('the browser makes no picture of that size'));
    return await blob.arrayBuffer();
  } finally {
    URL.revokeObjectURL(url);
  }
}
