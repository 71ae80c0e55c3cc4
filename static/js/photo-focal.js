/* The focal point: click on the picture, arrow keys on the point; the crops show at once what they will keep. */
document.addEventListener("DOMContentLoaded", () => {
  const editor = document.querySelector("[data-focal]")
  const across = document.getElementById("id_focal_x")
  const down = document.getElementById("id_focal_y")
  if (!editor || !across || !down) return
  const frame = editor.querySelector(".focal__picture")
  const picture = frame.querySelector("img")
  const point = editor.querySelector(".focal__point")

  /* The same sum as images.box: the largest part of a shape, its middle as near the point as it goes. */
  const share = (at, kept) => (kept >= 1 ? 0.5 : Math.min(Math.max(at - kept / 2, 0), 1 - kept) / (1 - kept))

  function draw() {
    const [x, y] = [Number(across.value), Number(down.value)]
    point.style.left = `${x * 100}%`
    point.style.top = `${y * 100}%`
    const whole = picture.width / picture.height
    for (const crop of editor.querySelectorAll(".crop")) {
      const shape = crop.clientWidth / crop.clientHeight
      crop.style.objectPosition = `${share(x, shape / whole) * 100}% ${share(y, whole / shape) * 100}%`
    }
  }

  function set(x, y) {
    across.value = Math.min(Math.max(x, 0), 1).toFixed(2)
    down.value = Math.min(Math.max(y, 0), 1).toFixed(2)
    draw()
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  frame.addEventListener("click", (event) => {
    if (event.detail === 0) return
    const area = picture.getBoundingClientRect()
    set((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height)
    point.focus()
  })
  point.addEventListener("keydown", (event) => {
    const step = STEPS[event.key]
    if (!step) return
    event.preventDefault()
    const size = event.shiftKey ? 0.1 : 0.01
    set(Number(across.value) + step[0] * size, Number(down.value) + step[1] * size)
  })
  across.addEventListener("input", draw)
  down.addEventListener("input", draw)
  addEventListener("resize", draw)
  picture.addEventListener("load", draw)
  point.hidden = false
  draw()
})
