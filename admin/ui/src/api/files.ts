import { body, client } from "./client";
import { ApiError, asProblem, OfflineError } from "./errors";
import type { ID, StoredFile } from "./types";

/** getFile returns a file with an address that lives ten minutes. */
export const getFile = (id: ID): Promise<StoredFile> =>
  body(client.GET("/api/v1/files/{id}", { params: { path: { id } } }));

/** upload sends a file as it is; progress runs from 0 to 1. fetch reports no progress of a request, so this is XHR. */
export function upload(
  file: File,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", `/api/v1/files?name=${encodeURIComponent(file.name)}`);
    xhr.responseType = "json";
    xhr.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    xhr.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    xhr.onerror = () => reject(new OfflineError());
    xhr.onabort = () => reject(new DOMException("aborted", "AbortError"));
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.response as StoredFile);
      else reject(new ApiError(asProblem(xhr.status, xhr.response, xhr.getResponseHeader("X-Request-Id"))));
    };
    signal.addEventListener("abort", () => xhr.abort());
    xhr.send(file);
  });
}
