/* Search without a server. A page that was opened as a file may not start a worker, so this one runs the
   worker's script in a hidden frame, and passes messages on. Elsewhere the browser's own is used. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.body.appendChild(this.frame)
      window.addEventListener("message", event => {
        if (event.source !== this.frame.contentWindow) return
        const message = new MessageEvent("message", { data: event.data })
        if (this.onmessage) this.onmessage(message)
        this.dispatchEvent(message)
      })
      this.ready = this.start(new URL(address, document.baseURI).href)
    }

    async start(address) {
      const inner = this.frame.contentWindow
      inner.postMessage = data => window.dispatchEvent(
        new MessageEvent("message", { data, source: inner }))
      inner.importScripts = (...addresses) => addresses.reduce(
        (before, one) => before.then(() => this.load(one)), Promise.resolve())
      await this.load(address)
    }

    load(address) {
      const page = this.frame.contentDocument
      return new Promise((resolve, reject) => {
        const script = page.createElement("script")
        script.src = address
        script.onload = resolve
        script.onerror = reject
        page.body.appendChild(script)
      })
    }

    async postMessage(data) {
      await this.ready
      const inner = this.frame.contentWindow
      inner.dispatchEvent(new MessageEvent("message", { data }))
    }

    terminate() { this.frame.remove() }
  }
}
