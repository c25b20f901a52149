/** What a folder must look like to be imported; how its images are found is in `layouts.ts`. */
export const layoutFacts = {
  acdc: {
    title: 'the ACDC challenge: short-axis cine at end-diastole and end-systole',
    needs:
      'patient folders with Info.cfg and NIfTI frames, or index.csv (file, patient, group, slices) and volumes/ with the arrays `image` and `label`',
  },
  emidec: {
    title: 'the EMIDEC challenge: late enhancement with a diagnosis per patient',
    needs: 'case folders with Images/ and Contours/, or index.csv (file, patient, label), images/ and masks/',
  },
  sunnybrook: {
    title: 'the Sunnybrook data: DICOM with outlines as texts',
    needs:
      'DICOM files IM-SERIES-NUMBER.dcm and, anywhere below, IM-SERIES-NUMBER-icontour-manual.txt and -ocontour-',
  },
  pairs: {
    title: 'images and masks of equal names',
    needs: 'images/ and masks/, and labels.csv (file or patient, label) where there are diagnoses',
  },
  volumes: {
    title: 'files that hold an image, and perhaps its mask',
    needs:
      "NIfTI, HDF5, npz, npy, PNG or TIFF files; a mask is an array of the file, a neighbour NAME_gt, NAME_mask or NAME_seg, or has the image's name in a folder of masks",
  },
  dicom: {
    title: 'DICOM series',
    needs: 'DICOM files anywhere below, and labels.csv (patient, label) where there are diagnoses',
  },
} as const satisfies Record<string, { readonly title: string; readonly needs: string }>;

export type Layout = keyof typeof layoutFacts;
